import { duflChapters } from './dufl';
import { runGuide } from './support/run-guide';

runGuide('大连外国语大学校园e码通使用说明', duflChapters);

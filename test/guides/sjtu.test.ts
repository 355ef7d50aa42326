import { sjtuChapters } from './sjtu';
import { runGuide } from './support/run-guide';

runGuide('Ecard service, SJTU', sjtuChapters);

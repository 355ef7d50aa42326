import { bistuChapters } from './bistu';
import { runGuide } from './support/run-guide';

runGuide('北京信息科技大学电子校园卡使用指南', bistuChapters);

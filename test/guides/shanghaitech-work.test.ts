import { followChapter, openChapter, workChapter } from './shanghaitech-work';
import { runGuide } from './support/run-guide';

runGuide('上海科技大学校园一卡通微信企业号使用指南', [followChapter, openChapter, workChapter]);

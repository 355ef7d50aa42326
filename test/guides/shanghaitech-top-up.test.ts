import { computerChapter } from './shanghaitech-computer';
import { runGuide } from './support/run-guide';

runGuide('上海科技大学校园一卡通系统充值操作说明', [computerChapter]);

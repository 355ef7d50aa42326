import { computerChapter } from './shanghaitech-computer';
import { cashChapter, kioskChapter } from './shanghaitech-machines';
import { alipayChapter, wechatChapter } from './shanghaitech-mobile';
import { runGuide } from './support/run-guide';

runGuide('上海科技大学校园一卡通系统充值操作说明', [wechatChapter, kioskChapter, cashChapter, alipayChapter, computerChapter]);

/**
 * Characters from which names are composed at random. They are among the commonest of their kind, so that the names
 * look like names; they are nobody's list.
 */
export const SURNAMES = Array.from(
  '王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚',
);

export const GIVEN = Array.from(
  '子涵宇轩浩然欣怡梓雨诗琪思远嘉佳慧明志强文博晓丽静雅婷俊杰天佑若曦一鸣可心乐安然睿泽铭晨阳语桐书瑶奕辰昊瑞雪梦洁云飞海波春燕建国永康新月成林晗蕾楠菲倩彤',
);

/** Of peoples whose names are transliterated, with a dot between; composed as well. */
export const DOTTED_FIRST = ['阿依古丽', '买买提', '古丽娜尔', '艾山', '热依汗', '努尔兰'];
export const DOTTED_LAST = ['吐尔逊', '阿布都', '卡德尔', '依明', '赛依提', '木拉提'];

import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Whose web view is played. */
export type Container = 'wechat' | 'alipay' | 'wecom';

const USER_AGENTS: Readonly<Record<Container, string>> = {
  wechat:
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50.2700(0x2800323E) Process/appbrand2 WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64',
  wecom:
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 wxwork/4.1.22 MicroMessenger/7.0.1 NetType/WIFI Language/zh ColorScheme/Light',
  alipay:
    'Mozilla/5.0 (Linux; U; Android 14; zh-CN; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 NebulaSDK/1.8.100112 Nebula AlipayDefined(nt:WIFI,ws:393|0|2.75) AliApp(AP/10.6.50.8000) AlipayClient/10.6.50.8000 Language/zh-Hans',
};

/** Put before the browser build's own scripts, which read the user agent as soon as they start. */
export function containerTag(container: Container): string {
  return `<script src="/phone/bridge.js" data-container="${container}" data-user-agent="${USER_AGENTS[container]}"></script>`;
}

export function bridgeScript(): string {
  return readFileSync(path.join(__dirname, 'container-bridge.page.js'), 'utf8');
}

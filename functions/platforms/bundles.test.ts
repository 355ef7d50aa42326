import { join } from 'node:path';
import { build } from 'esbuild';

/** What a Lambda would carry if it imported one file of this folder and nothing else. */
async function bundleOf(file: string): Promise<{ readonly bytes: number; readonly packages: ReadonlySet<string> }> {
  const result = await build({
    entryPoints: [join(__dirname, file)],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const inputs = Object.keys(result.metafile.inputs).map((path) => path.replaceAll('\\', '/'));
  const packages = inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1] ?? []);
  return { bytes: result.outputFiles[0]?.contents.length ?? 0, packages: new Set(packages) };
}

test.each([
  'wechat-pay/notices.ts',
  'wechat-pay/refund-notices.ts',
  'alipay/notices.ts',
  'wechat-login/wechat-login.ts',
  'wecom-login/wecom-login.ts',
  'mail/mail-gateway.ts',
  'sms/sms-gateway.ts',
  'bank/bank-gateway.ts',
  'utility/utility-gateway.ts',
])('C10, D9: %s bundles no vendor SDK', async (file) => {
  const { bytes, packages } = await bundleOf(file);
  expect([...packages]).toEqual(['valibot']);
  expect(bytes).toBeLessThan(60_000);
});

test('C10, D9: what verifies ID tokens is in the function that binds, and in no other of a student or a till', async () => {
  expect((await bundleOf('../student/entry-api.ts')).packages.has('jose')).toBe(true);
  for (const entry of ['../student/student-api.ts', '../student/money-api.ts', '../terminal/payment.ts']) {
    expect((await bundleOf(entry)).packages.has('jose')).toBe(false);
  }
});

test('C10, D9: each payment client bundles its own SDK and not the other', async () => {
  const wechat = await bundleOf('wechat-pay/wechat-pay.ts');
  const alipay = await bundleOf('alipay/alipay.ts');
  expect(wechat.packages.has('wechatpay-node-v3')).toBe(true);
  expect(wechat.packages.has('alipay-sdk')).toBe(false);
  expect(alipay.packages.has('alipay-sdk')).toBe(true);
  expect(alipay.packages.has('wechatpay-node-v3')).toBe(false);
});

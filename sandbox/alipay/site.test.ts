import { createWorld } from '../world';

const world = createWorld();
const person = world.addPerson('读者 <甲>');
afterAll(() => world.stop());

const open = (path: string, query = '') =>
  world.answer({ method: 'GET', path: `/alipay-site${path}`, query, headers: {}, body: Buffer.alloc(0) });

describe('Alipay’s site for computers', () => {
  it('leads from its door to the campus card by the words of the manual', async () => {
    const query = `person=${encodeURIComponent(person.id)}`;
    expect((await open('/')).body).toMatch(/href="login">登录</);
    expect((await open('/home', query)).body).toMatch(/>应用中心</);
    expect((await open('/apps', query)).body).toMatch(/>公益教育</);
    expect((await open('/education', query)).body).toMatch(/href="\.\.\/\.\.\/computer\/[^"]*">校园一卡通</);
  });

  it('asks who it is before anything else, and prints a name as text', async () => {
    for (const path of ['/home', '/apps', '/education']) expect((await open(path)).body).toMatch(/<h1>登录<\/h1>/);
    expect((await open('/login')).body).toContain('读者 &lt;甲&gt;');
  });

  it('knows no other pages', async () => {
    expect((await open('/nothing', `person=${encodeURIComponent(person.id)}`)).status).toBe(404);
  });
});

import { ask, type Heard } from './ask';
import { succeeded } from './phone';
import type { HttpWorld } from './world';

/** A member of a school's staff at a desk, who speaks HTTP to the running functions. */
export class Desk {
  readonly world: HttpWorld;
  readonly #token: string;

  private constructor(world: HttpWorld, token: string) {
    this.world = world;
    this.#token = token;
  }

  static async of(world: HttpWorld, schoolId: string, userName: string): Promise<Desk> {
    const body = JSON.stringify({ schoolId, userName, password: world.stack.secrets.staffPassword });
    const asking = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    return new Desk(world, succeeded(await ask(`${world.stack.functionsUrl}/staff/sign-in`, asking)).sessionToken);
  }

  get(path: string): Promise<Heard> {
    return ask(`${this.world.stack.functionsUrl}/staff${path}`, { headers: { authorization: `Bearer ${this.#token}` } });
  }

  post(path: string, body: unknown): Promise<Heard> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
    return ask(`${this.world.stack.functionsUrl}/staff${path}`, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }
}

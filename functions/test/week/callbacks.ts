import type { Deliver, MerchantAnswer, Outgoing } from '../../../sandbox/lib/courier';
import { isAppError } from '../../../shared/errors';
import { takeNotice } from '../../operations/take-notice';
import { takeRefundNotice } from '../../operations/take-refund-notice';
import type { NoticeAnswer } from '../../platforms/contract';
import { Crash } from '../faulty-database';
import type { Chance } from '../simulation/chance';
import type { Agenda } from './agenda';
import type { Office } from './office';
import { NOTIFY_URLS, type Platforms, REFUND_NOTIFY_URLS } from './platforms';

const HOUR = 3_600_000;

/**
 * The way of a callback from the platform to us. Every attempt may be lost, held back for up to 25 hours, doubled, or its answer be lost, on
 * top of what the platform's own courier was told to do with the order's callbacks.
 */
export class Callbacks {
  readonly counted = { attempts: 0, lost: 0, held: 0, doubled: 0, answerLost: 0, refused: 0 };
  readonly #agenda: Agenda;
  readonly #chance: Chance;
  #office: Office | undefined;
  #platforms: Platforms | undefined;

  constructor(agenda: Agenda, chance: Chance) {
    this.#agenda = agenda;
    this.#chance = chance;
  }

  connect(office: Office, platforms: Platforms): void {
    this.#office = office;
    this.#platforms = platforms;
  }

  readonly deliver: Deliver = (url, outgoing) => this.#agenda.track(this.#send(url, outgoing));

  async #send(url: string, outgoing: Outgoing): Promise<MerchantAnswer | undefined> {
    this.counted.attempts += 1;
    const luck = this.#chance.fraction();
    if (luck < 0.1) {
      this.counted.lost += 1;
      return undefined;
    }
    if (luck < 0.2) {
      this.counted.held += 1;
      this.#agenda.after(this.#chance.between(60_000, 25 * HOUR), () => this.#receive(url, outgoing).then(() => undefined));
      return undefined;
    }
    if (luck < 0.35) {
      this.counted.doubled += 1;
      const [answer] = await Promise.all([this.#receive(url, outgoing), this.#receive(url, outgoing)]);
      return answer;
    }
    const answer = await this.#receive(url, outgoing);
    if (luck > 0.42) return answer;
    this.counted.answerLost += 1;
    return undefined;
  }

  /** As the callback functions do it: what we refuse, or die of, is sent again. */
  async #receive(url: string, { headers, body: rawBody }: Outgoing): Promise<MerchantAnswer> {
    const office = this.#office;
    const platforms = this.#platforms;
    if (office === undefined || platforms === undefined) throw new Error('nobody listens');
    const { notices, refundNotices } = platforms;
    try {
      if (url === REFUND_NOTIFY_URLS['wechat-pay']) {
        await office.run((deps) => takeRefundNotice({ ...deps, notices: refundNotices }, { rawBody, headers }));
        return answerOf(refundNotices.noticeAnswer('accepted'));
      }
      const heard = url === NOTIFY_URLS.alipay ? notices.alipay : notices['wechat-pay'];
      await office.run((deps) => takeNotice({ ...deps, notices: heard }, { rawBody, headers }));
      return answerOf(heard.noticeAnswer('accepted'));
    } catch (error) {
      if (!isAppError(error) && !(error instanceof Crash)) this.#agenda.fail(error);
      this.counted.refused += 1;
      return { status: 500, body: 'refused' };
    }
  }
}

function answerOf({ status, body }: NoticeAnswer): MerchantAnswer {
  return { status, body };
}

import type { ScreenLine } from '../machine';
import { line, screen, yuan } from '../page-kit';
import { isUnfinished } from './day-end';
import { BACK, bad, button, good, type PageName, type TillDesk, type TillPage } from './desk';
import type { Statement } from './memory';

/** 日结: what was sold is stated to the server, and held against the book. */
export const dayEndPage: TillPage = (desk) => {
  const { pos } = desk;
  const day = pos.today();
  const statement = pos.dayEnd.of(day);
  const open = pos.dayEnd.openOf(day);
  const isClosed = statement?.closing === true;
  const close = button(
    'close',
    open.length > 0 ? `日结（${open.length} 笔报未定）` : '日结',
    open.length > 0 ? `Close (${open.length} as unknown)` : 'Close',
    'danger',
  );
  const then = async (told: Promise<Statement>): Promise<PageName> => {
    desk.notice = noticeOf(await told);
    return 'day-end';
  };
  return {
    screen: screen({
      id: 'pos.day-end',
      title: { zh: '日结', en: 'Day end' },
      lines: linesOf(
        desk,
        day,
        statement,
        open.map(({ sequence }) => sequence),
      ),
      buttons: [
        ...(isClosed ? [] : [button('state', '上传明细', 'State so far', 'primary'), close]),
        ...(statement !== undefined && isUnfinished(statement) ? [button('resend', '再次发送', 'Send again')] : []),
        BACK,
      ],
      ...(desk.notice === undefined ? {} : { notice: desk.notice }),
    }),
    on: {
      state: () => then(pos.dayEnd.stateSoFar(day)),
      close: () => then(pos.dayEnd.close(day)),
      resend: () => then(pos.dayEnd.resend(day)),
      back: async () => 'menu',
    },
  };
};

function linesOf({ pos }: TillDesk, day: string, statement: Statement | undefined, open: readonly number[]): readonly ScreenLine[] {
  const book = statement?.book;
  return [
    line('日期', 'Day', day),
    line('已上传', 'Stated', `${statement?.totals.count ?? 0} · ${yuan(statement?.totals.amountFen ?? 0).zh}`),
    ...(open.length > 0 ? [line('未定流水', 'Open', open.join('、'), 'bad')] : []),
    ...(pos.forwarder.waiting().length > 0
      ? [line('离线待上传', 'Offline, to be forwarded', String(pos.forwarder.waiting().length), 'bad')]
      : []),
    ...(book === undefined
      ? []
      : [line('账上', 'In the book', `${book.count} · ${yuan(book.amountFen).zh}`, agrees(statement) ? 'good' : 'bad')]),
    ...(statement?.differences ?? []).map((difference) => line('不符', 'Differs', difference, 'bad')),
  ];
}

function agrees(statement: Statement | undefined): boolean {
  const { book, differences, totals } = statement ?? {};
  return (differences ?? []).length === 0 && (book === undefined || (book.count === totals?.count && book.amountFen === totals.amountFen));
}

function noticeOf(statement: Statement) {
  const { refusal, closing } = statement;
  if (refusal !== undefined) return bad(`未接受：${refusal.zh}`, `Not taken: ${refusal.en}`);
  if (isUnfinished(statement)) return bad('未收到应答，本机自动重发', 'No answer came: the till sends it again by itself.');
  if (!agrees(statement)) return bad('与账不符，请联系结算中心', 'It differs from the book: tell the settlement office.');
  return closing ? good('已日结，与账相符', 'The day is closed and agrees.') : good('明细已上传', 'Stated.');
}

import type { PaidForOther } from '../../../../../../shared/api/others';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Screen } from '../../../../components/screen';
import { Empty, Failed, Loading, Refusal } from '../../../../components/states';
import { fullInstant } from '../../../../lib/dates';
import { go } from '../../../../lib/go';
import { yuan } from '../../../../lib/money-text';
import { usePages } from '../../../../state/use-pages';
import { computerApi } from '../../api';
import { useComputerText } from '../../text';

/** 查询充值记录 (ST-69): what was paid in this browser, newest first. */
export default function ComputerRecords() {
  const { c } = useComputerText();
  const pages = usePages(async (cursor) => {
    const { orders, nextCursor } = await computerApi.list(cursor);
    return { rows: orders, nextCursor };
  });
  const { rows } = pages;
  if (rows === undefined) {
    return (
      <Screen title={c('records.title')}>
        {pages.failure === undefined ? <Loading /> : <Failed id="pc-records-retry" failure={pages.failure} onRetry={pages.more} />}
      </Screen>
    );
  }
  return (
    <Screen title={c('records.title')}>
      {rows.length === 0 ? (
        <Empty text={c('records.none')} hint={c('records.none-hint')} />
      ) : (
        <Card id="pc-record-list">
          {rows.map((order, at) => (
            <RecordRow key={order.orderNo} place={at + 1} order={order} />
          ))}
        </Card>
      )}
      <Refusal id="pc-records-failure" failure={pages.failure} />
      {pages.hasMore ? (
        <Button id="pc-records-more" kind="tint" text={c('records.more')} onPress={pages.more} busy={pages.loading} />
      ) : null}
    </Screen>
  );
}

function RecordRow({ place, order }: { readonly place: number; readonly order: PaidForOther }) {
  const { b, c, lang } = useComputerText();
  return (
    <Cell
      id={`pc-record-${place}`}
      label={`${order.payee.nameMasked} · ${c(`state.${order.state}`)}`}
      hint={`${b(order.payee.school)} · ${fullInstant(order.createdAt, lang)}`}
      value={yuan(order.amountFen)}
      onPress={() => go('computer-order', { no: order.orderNo })}
    />
  );
}

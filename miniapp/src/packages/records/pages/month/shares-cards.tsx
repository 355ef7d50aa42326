import { View } from '@tarojs/components';
import { sum } from '../../../../../../shared/money';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Card } from '../../../../components/card';
import { yuan } from '../../../../lib/money-text';
import { ShareBar } from '../../components/share-bar';
import { useWords } from '../../i18n';
import { averageFen, mealShares, merchantShares, type Sale } from '../../lib/month-charts';
import './month.scss';

const MERCHANTS_SHOWN = 8;

interface MealsProps {
  readonly sales: readonly Sale[];
  readonly periods: RulePack['limits']['mealPeriods'];
  readonly zone: number;
}

export function MealsCard({ sales, periods, zone }: MealsProps) {
  const { w, b } = useWords();
  return (
    <Card id="month-meals">
      <View className="chart-head">
        <View className="strong">{w('month.meals')}</View>
        {sales.length === 0 ? null : (
          <View className="sub num" id="month-total">
            {w('month.total')} {yuan(sum(sales.map(({ amountFen }) => amountFen)))}
          </View>
        )}
      </View>
      {sales.length === 0 ? (
        <View className="sub">{w('month.no-sales')}</View>
      ) : (
        <>
          {mealShares(sales, periods, zone).map(({ id, name, amountFen, count, width }) => (
            <ShareBar
              key={id}
              id={`meal-${id}`}
              name={name === undefined ? w(`meal.${id}`) : b(name)}
              value={yuan(amountFen)}
              detail={count === 0 ? w('month.count', { count }) : w('month.average', { count, amount: yuan(averageFen(amountFen, count)) })}
              width={width}
            />
          ))}
          <View className="sub">{w('month.meals-hint')}</View>
        </>
      )}
    </Card>
  );
}

export function MerchantsCard({ sales }: { readonly sales: readonly Sale[] }) {
  const { w, b } = useWords();
  if (sales.length === 0) return null;
  const { top, rest } = merchantShares(sales, MERCHANTS_SHOWN);
  const restFen = sum(rest.map(({ amountFen }) => amountFen));
  return (
    <Card id="month-merchants">
      <View className="chart-head strong">{w('month.merchants')}</View>
      {top.map(({ merchant, amountFen, count, width }, at) => (
        <ShareBar
          key={merchant?.zh ?? ''}
          id={`merchant-${at + 1}`}
          name={merchant === null ? w('month.unnamed') : b(merchant)}
          value={yuan(amountFen)}
          detail={w('month.average', { count, amount: yuan(averageFen(amountFen, count)) })}
          width={width}
        />
      ))}
      {rest.length === 0 ? null : (
        <ShareBar
          id="merchant-rest"
          name={w('month.other', { count: rest.length })}
          value={yuan(restFen)}
          detail={w('month.count', { count: rest.reduce((total, { count }) => total + count, 0) })}
          width={Math.min(100, Math.round((100 * restFen) / Math.max(1, top[0]?.amountFen ?? 1)))}
        />
      )}
    </Card>
  );
}

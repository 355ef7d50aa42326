import { ask, byId, element } from './dom';
import { onLanguage, type Word, word, yuan } from './text';

export interface BooksView {
  readonly topUpsFen: number;
  readonly salesFen: number;
  readonly transitFen: number;
  readonly imbalanceFen: number;
  readonly sides: Readonly<Record<string, number>>;
  readonly differences: readonly string[];
}

/** The finance corner and the pill in the header; `onBooks` is told of every new look. Returns what asks for the figures anew. */
export function setUpFinance(onBooks: (books: BooksView) => void): () => void {
  let books: BooksView | undefined;

  function draw(): void {
    if (books === undefined) return;
    const { topUpsFen, salesFen, transitFen, imbalanceFen, differences } = books;
    const figure = (name: Word, value: string, tone = '', title = '') =>
      element('div', { title }, [element('span', { class: 'quiet', text: word(name) }), element('strong', { class: tone, text: value })]);
    byId('figures').replaceChildren(
      figure('topUps', yuan(topUpsFen)),
      figure('sales', yuan(salesFen)),
      figure('transit', yuan(transitFen)),
      figure('differences', String(differences.length), differences.length === 0 ? 'good' : 'bad', differences.join('\n')),
    );
    const pill = byId('balance-pill');
    pill.textContent = `${word(imbalanceFen === 0 ? 'balanced' : 'unbalanced')} ${yuan(imbalanceFen)}`;
    pill.classList.toggle('wrong', imbalanceFen !== 0);
  }

  function refresh(): void {
    ask<BooksView>('/bench/books').then((now) => {
      books = now;
      draw();
      onBooks(now);
    }, draw);
  }

  onLanguage(draw);
  refresh();
  setInterval(refresh, 3_000);
  return refresh;
}

/**
 * Keeps a late answer from hiding what is newer. Of several questions about one thing, an answer counts only if none to a later question came
 * before it, and if the phone has not learnt of a change by another way since it asked.
 */
export interface AnswerOrder {
  /** To be called when a question is sent; what it gives is called once with the answer, and says whether that is too late. */
  ask(): () => boolean;
  /** The phone knows better now than any question on its way. */
  changed(): void;
}

export function createAnswerOrder(): AnswerOrder {
  let asked = 0;
  let known = 0;
  const take = (mine: number): boolean => {
    const isLate = mine < known;
    if (!isLate) known = mine;
    return isLate;
  };
  return {
    ask() {
      asked += 1;
      const mine = asked;
      return () => take(mine);
    },
    changed() {
      asked += 1;
      known = asked;
    },
  };
}

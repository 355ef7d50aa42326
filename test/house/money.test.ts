import ts from 'typescript';
import { readProjectFile } from '../support/project';

/** What would let a fraction of a fen into the books. */
function floatsIn(source: string): string[] {
  const file = ts.createSourceFile('money.ts', source, ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNumericLiteral(node) && !Number.isSafeInteger(Number(node.getText()))) found.push(node.getText());
    if (ts.isNumericLiteral(node) && /[.e]/i.test(node.getText()) && !/^0x/i.test(node.getText())) found.push(node.getText());
    if (ts.isBinaryExpression(node)) {
      const operator = node.operatorToken.kind;
      if (operator === ts.SyntaxKind.SlashToken || operator === ts.SyntaxKind.SlashEqualsToken) found.push(node.getText());
    }
    if (ts.isIdentifier(node) && /^(parseFloat|toFixed|toPrecision|random|round|fround)$/.test(node.text)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

describe('shared/money.ts', () => {
  it('holds no float: no fraction, no division, no rounding', () => {
    expect(floatsIn(readProjectFile('shared/money.ts'))).toEqual([]);
  });

  it.each(['const a = 0.1;', 'const b = x / 100;', 'const c = parseFloat(y);', 'const d = (z).toFixed(2);', 'const e = 1e-2;'])(
    'would be told of %s',
    (source) => {
      expect(floatsIn(source)).not.toEqual([]);
    },
  );
});

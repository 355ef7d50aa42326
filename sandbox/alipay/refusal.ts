/** A refusal in Alipay's words: gateway code, sub_code and Chinese sentence of its error tables. */
export class AlipayRefusal extends Error {
  readonly code: string;
  readonly subCode: string;

  constructor(code: string, subCode: string, subMessage: string) {
    super(subMessage);
    this.code = code;
    this.subCode = subCode;
  }

  toNode(): Record<string, string> {
    return { code: this.code, msg: GATEWAY_TEXT[this.code] ?? '', sub_code: this.subCode, sub_msg: this.message };
  }
}

const GATEWAY_TEXT: Readonly<Record<string, string>> = {
  '20000': 'Service Currently Unavailable',
  '40001': 'Missing Required Arguments',
  '40002': 'Invalid Arguments',
  '40004': 'Business Failed',
  '40006': 'Insufficient Permissions',
};

/** The operation itself was refused: an ordinary, signed answer with code 40004. */
export function businessFailed(subCode: string, subMessage: string): AlipayRefusal {
  return new AlipayRefusal('40004', subCode, subMessage);
}

export function invalidArgument(subCode: string, subMessage: string): AlipayRefusal {
  return new AlipayRefusal('40002', subCode, subMessage);
}

export function missingArgument(subCode: string, subMessage: string): AlipayRefusal {
  return new AlipayRefusal('40001', subCode, subMessage);
}

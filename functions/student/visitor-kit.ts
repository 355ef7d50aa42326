import type { RouteContext } from '../lib/route-kit';
import { readVisitor, type Visitor, type VisitorDeps } from '../operations/visitor';

/** Who pays for somebody else: a session of an app or a page's visit. Throws AppError `auth.sign-in-required`. */
export function visitorReader(deps: VisitorDeps): (c: RouteContext) => Promise<Visitor> {
  return ({ env }) => readVisitor(deps, { authorization: env.request.headers.authorization, sourceIp: env.request.sourceIp });
}

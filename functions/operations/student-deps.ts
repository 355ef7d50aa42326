import type { AuthorizeUrlDeps } from './authorize-url';
import type { BindDeps } from './bind';
import type { CancelLossDeps } from './cancel-loss';
import type { ChangePasswordDeps } from './change-password';
import type { CodeKeyDeps } from './code-key';
import type { EntryDetailDeps } from './entry-detail';
import type { IdentityPassesDeps } from './give-identity-passes';
import type { LinkDeps } from './link-platform';
import type { ListSchoolsDeps } from './list-schools';
import type { OpenPassesDeps } from './open-passes';
import type { ReadAccountDeps } from './read-account';
import type { ReadPassbookDeps } from './read-passbook';
import type { RemoveAppDeps } from './remove-app';
import type { ReportLossDeps } from './report-loss';
import type { ReportLossElsewhereDeps } from './report-loss-elsewhere';
import type { ResetPasswordDeps } from './reset-password';
import type { SendSmsCodeDeps } from './send-sms-code';
import type { SignInDeps } from './sign-in';
import type { StatementDeps } from './statement';
import type { VisitorDeps } from './visitor';

/** All that the student's operations borrow from the world; each of them names its own part. */
export type StudentDeps = AuthorizeUrlDeps &
  BindDeps &
  CancelLossDeps &
  ChangePasswordDeps &
  CodeKeyDeps &
  EntryDetailDeps &
  LinkDeps &
  ListSchoolsDeps &
  OpenPassesDeps &
  IdentityPassesDeps &
  ReadAccountDeps &
  ReadPassbookDeps &
  RemoveAppDeps &
  ReportLossDeps &
  ResetPasswordDeps &
  ReportLossElsewhereDeps &
  VisitorDeps &
  SendSmsCodeDeps &
  SignInDeps &
  StatementDeps;

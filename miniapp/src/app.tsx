import type { PropsWithChildren } from 'react';
// In the browser this reads the address before the router does (platform/index.h5.ts).
import './platform';
import './app.scss';

export default function App({ children }: PropsWithChildren) {
  return children;
}

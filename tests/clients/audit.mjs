// GraphQL over HTTP: every audit of graphql-http, the SHOULDs as strictly as the MUSTs.
import { serverAudits } from 'graphql-http';
import { check, finish, url } from './check.mjs';

const audits = serverAudits({ url });
for (const audit of audits) {
  const result = await audit.fn();
  check(`${audit.id} ${audit.name}`, result.status === 'ok', `${result.status}: ${result.reason}`);
}
check('there are 61 audits', audits.length === 61, `there are ${audits.length}`);
finish();

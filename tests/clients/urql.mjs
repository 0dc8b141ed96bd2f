// urql: POST and GET, variables, its document cache, and errors with their codes.
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { attempt, check, finish, url } from './check.mjs';

const query = 'query List($where: PostFilter) { posts(where: $where, limit: 2, orderBy: [{ id: ASC }]) { id title } }';

for (const [name, preferGetMethod] of [['POST', false], ['GET', 'force']]) {
  await attempt(name, async () => {
    const methods = [];
    const client = new Client({
      url,
      preferGetMethod,
      exchanges: [cacheExchange, fetchExchange],
      fetch: (target, init) => {
        methods.push(init.method);
        return fetch(target, init);
      },
    });
    const variables = { where: { views: { gte: 0 } } };
    const first = await client.query(query, variables).toPromise();
    check(`${name} answers`, !first.error && first.data.posts.length === 2, String(first.error));
    await client.query(query, variables).toPromise();
    check(`${name} the cache answers the second time`, methods.join() === name, methods.join());
    const failed = await client.query(query, { where: { views: { gte: 'junk' } } }).toPromise();
    check(`${name} an error of a variable reaches the caller`, failed.error?.graphQLErrors.length > 0, String(failed.error));
  });
}
finish();

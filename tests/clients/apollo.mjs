// Apollo Client: POST and GET, and a normalised cache that answers what another query has already read.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { attempt, check, finish, url } from './check.mjs';

const list = gql`
  query List($limit: Int!) {
    posts(limit: $limit, orderBy: [{ id: ASC }]) { __typename id title author { __typename id name } }
  }
`;
const again = gql`
  query Again($limit: Int!) {
    posts(limit: $limit, orderBy: [{ id: ASC }]) { __typename id title }
  }
`;

for (const [name, useGETForQueries] of [['POST', false], ['GET', true]]) {
  await attempt(name, async () => {
    const methods = [];
    const link = new HttpLink({
      uri: url,
      useGETForQueries,
      fetch: (target, init) => {
        methods.push(init.method);
        return fetch(target, init);
      },
    });
    const client = new ApolloClient({ cache: new InMemoryCache(), link });
    const variables = { limit: 3 };
    const first = await client.query({ query: list, variables });
    check(`${name} answers`, first.data.posts.length === 3, JSON.stringify(first));
    check(`${name} is the method`, methods.join() === name, methods.join());
    const key = `Post:${first.data.posts[0].id}`;
    check(`${name} the cache is normalised`, key in client.cache.extract(), Object.keys(client.cache.extract()).join());
    const second = await client.query({ query: again, variables });
    check(`${name} the cache answers a part`, methods.length === 1 && second.data.posts.length === 3, methods.join());
    const failed = await client.query({ query: gql`{ posts { nonsense } }`, errorPolicy: 'all' }).then(
      (result) => result.error,
      (error) => error,
    );
    check(`${name} a validation error reaches the caller`, /nonsense/.test(String(failed?.message)), String(failed));
  });
}
finish();

// relay-compiler accepts the schema: Node, @connection and @refetchable on the root and on a type.
// The server must run with `relay = true`: Relay's Node has `id` and is fetched by `node(id:)`.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt, check, finish, send, url } from './check.mjs';

const source = `
import {graphql} from 'react-relay';
graphql\`fragment PostList_query on Query
  @argumentDefinitions(first: {type: "Int", defaultValue: 10}, after: {type: "String"})
  @refetchable(queryName: "PostListPaginationQuery") {
  postsConnection(first: $first, after: $after, orderBy: [{createdAt: DESC}]) @connection(key: "PostList_postsConnection") {
    edges { node { id ...PostList_post } }
  }
}\`;
graphql\`fragment PostList_post on Post
  @argumentDefinitions(first: {type: "Int", defaultValue: 3}, after: {type: "String"})
  @refetchable(queryName: "PostRefetchQuery") {
  id title
  commentsConnection(first: $first, after: $after) @connection(key: "PostList_commentsConnection") {
    edges { node { id body author { id name } } }
  }
}\`;
graphql\`query PostListQuery { ...PostList_query }\`;
`;

const folder = mkdtempSync(join(tmpdir(), 'nuages-relay-'));
await attempt('relay', async () => {
  mkdirSync(join(folder, 'src'));
  // A folder of its own to watch: the compiler otherwise looks for a repository above it.
  writeFileSync(join(folder, '.watchmanconfig'), '{}');
  writeFileSync(join(folder, 'schema.graphql'), await (await fetch(new URL('/schema.graphql', url))).text());
  writeFileSync(join(folder, 'src', 'PostList.js'), source);
  const artifacts = join(folder, 'src', '__generated__');
  mkdirSync(artifacts);
  writeFileSync(
    join(folder, 'relay.config.json'),
    JSON.stringify({
      src: './src',
      schema: './schema.graphql',
      language: 'javascript',
      artifactDirectory: './src/__generated__',
      excludes: ['**/__generated__/**'],
    }),
  );
  // The package's own program lies in a folder a platform; its main module knows which.
  const compiler = createRequire(import.meta.url)('relay-compiler');
  let output = '';
  let compiled = true;
  try {
    output = execFileSync(compiler, ['relay.config.json'], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    compiled = false;
    output = `${error.stdout}\n${error.stderr}`;
  }
  check('relay-compiler accepts the schema and the documents', compiled, output);
  const names = compiled ? readdirSync(artifacts) : [];
  for (const name of ['PostListQuery', 'PostListPaginationQuery', 'PostRefetchQuery']) {
    check(`${name} is generated`, names.includes(`${name}.graphql.js`), names.join());
  }

  // The compiled documents run: a page, then its first post alone by its global id.
  const text = (name) => {
    const artifact = readFileSync(join(artifacts, `${name}.graphql.js`), 'utf8');
    return JSON.parse(/"text": (".*")/.exec(artifact)[1]);
  };
  const page = await send(text('PostListQuery'));
  const edges = page.body.data?.postsConnection?.edges ?? [];
  check('the compiled page runs', !page.body.errors && edges.length === 10, JSON.stringify(page.body).slice(0, 500));
  const node = edges[0]?.node;
  const refetched = await send(text('PostRefetchQuery'), { id: node?.id, first: 1 });
  check(
    'the compiled refetch finds the same post',
    !refetched.body.errors && refetched.body.data?.node?.title === node?.title,
    JSON.stringify(refetched.body).slice(0, 500),
  );
});
rmSync(folder, { recursive: true, force: true });
finish();

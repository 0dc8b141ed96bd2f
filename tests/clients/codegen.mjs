// graphql-codegen reads the live schema, types operations by it, and TypeScript accepts what it writes.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attempt, check, finish, url } from './check.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const documents = `
query Newest($where: PostFilter, $orderBy: [PostOrder!], $first: Int) {
  postsConnection(where: $where, orderBy: $orderBy, first: $first) {
    totalCount
    edges { cursor node { id title rating createdAt author { name } tags { name } } }
    pageInfo { hasNextPage endCursor }
  }
}
query One($id: ID!) { post(id: $id) { __typename id nodeId authorId category { name } } }
`;
const usage = `
import type { NewestQuery, NewestQueryVariables, OneQuery } from './operations';
export const variables: NewestQueryVariables = { where: { views: { gt: 10 } }, orderBy: [{ createdAt: 'DESC' }], first: 2 };
export const title = (page: NewestQuery): string | undefined => page.postsConnection.edges[0]?.node.title;
export const author = (one: OneQuery): string | undefined => one.post?.authorId;
`;

// Inside this folder, because the tools look for their plug-ins from the file upwards.
const folder = mkdtempSync(join(here, 'node_modules', '.codegen-'));
const run = (program, args) => {
  try {
    execFileSync(process.execPath, [join(here, 'node_modules', program), ...args], { cwd: here, encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch (error) {
    return `${error.stdout}\n${error.stderr}` || String(error);
  }
};
await attempt('codegen', async () => {
  writeFileSync(join(folder, 'documents.graphql'), documents);
  writeFileSync(join(folder, 'usage.ts'), usage);
  const operations = join(folder, 'operations.ts');
  const configuration = {
    schema: url,
    documents: join(folder, 'documents.graphql'),
    // Two files: the operations' plug-in writes the inputs that they use itself.
    generates: {
      [join(folder, 'schema.ts')]: { plugins: ['typescript'] },
      [operations]: { plugins: ['typescript-operations'] },
    },
  };
  writeFileSync(join(folder, 'codegen.json'), JSON.stringify(configuration));
  const generated = run('@graphql-codegen/cli/cjs/bin.js', ['--config', join(folder, 'codegen.json')]);
  check('graphql-codegen writes the types', generated === '', generated);
  check('the operations are typed', /export type NewestQuery\b/.test(readFileSync(operations, 'utf8')));
  const compiled = run('typescript/bin/tsc', ['--noEmit', '--strict', '--skipLibCheck', '--moduleResolution', 'bundler', '--module', 'esnext', join(folder, 'schema.ts'), join(folder, 'usage.ts')]);
  check('TypeScript accepts the types and their use', compiled === '', compiled);
});
rmSync(folder, { recursive: true, force: true });
finish();

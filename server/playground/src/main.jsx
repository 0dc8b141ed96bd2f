// Monaco's workers must be set up before GraphiQL is loaded.
import 'graphiql/setup-workers/vite';

import { explorerPlugin } from '@graphiql/plugin-explorer';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';

import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './page.css';

// The page is served at `/graphql` and at `/`; relative to both, the endpoint is `graphql`.
const endpoint = new URL('graphql', window.location.href).href;

// It must be valid for every schema: a first click on the run button always answers.
const welcome = `# Welcome to Nuages.
#
#   Run                Ctrl-Enter, or the triangle
#   Complete           Ctrl-Space
#   Pick by mouse      the folder icon on the left
#   Read the types     the book icon on the left
#
# Lists take where, orderBy, limit and offset.
# Answers show their SQL when the server runs with --debug.

query Welcome {
  __typename
}
`;

// `?query=…&variables=…` opens the page with a document, so that one can be sent as a link.
const linked = new URLSearchParams(window.location.search);

const fetcher = createGraphiQLFetcher({ url: endpoint });
const plugins = [explorerPlugin({ showAttribution: false })];

createRoot(document.getElementById('root')).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={plugins}
    defaultQuery={welcome}
    initialQuery={linked.get('query') ?? undefined}
    initialVariables={linked.get('variables') ?? undefined}
    shouldPersistHeaders={false}
  >
    <GraphiQL.Logo>
      <span className="nuages-logo">
        <img src="./favicon.svg" alt="" width="22" height="22" /> Nuages
      </span>
    </GraphiQL.Logo>
  </GraphiQL>,
);

// graphql-js reads the introspection, finds the schema valid, and reads the printed schema back as the same schema.
import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
  validateSchema,
} from 'graphql';
import { attempt, check, finish, send, url } from './check.mjs';

const options = {
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
};
const printed = (schema) => printSchema(lexicographicSortSchema(schema));

await attempt('introspection', async () => {
  const { status, body } = await send(getIntrospectionQuery(options));
  check('introspection has no errors', status === 200 && !body.errors, JSON.stringify(body.errors));
  const schema = buildClientSchema(body.data);
  const errors = validateSchema(schema);
  check('the schema is valid', errors.length === 0, errors.map((error) => error.message).join('\n'));
  const order = schema.getType('PostOrder');
  check('PostOrder is a @oneOf input', order?.isOneOf === true);

  const text = printed(schema);
  check('the printed schema reads back', printed(buildSchema(text)) === text);
  const served = await (await fetch(new URL('/schema.graphql', url))).text();
  check('/schema.graphql is the same schema', printed(buildSchema(served)) === text);
});
finish();

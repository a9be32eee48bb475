import type { ApiDocument } from '../openapi.ts';
import { inline, paragraphs, safe } from './html.ts';
import { operationSection } from './operation.ts';
import { schemaSection } from './schema.ts';

/** The document as one page: whatever is looked for, the browser's own search finds it. */
export function pageOf(document: ApiDocument): string {
  const { info, tags, paths, components } = document;
  const operations = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ path, verb, operation, tags: operation['tags'] })),
  );
  const groups = tags.map((tag) => ({
    ...tag,
    operations: operations.filter((one) => (one.tags as readonly string[]).includes(tag.name)),
  }));
  const links = groups.map(
    ({ name, operations: some }) =>
      `<li><a href="#tag-${name}">${name}</a><ul>${some
        .map(({ operation }) => `<li><a href="#${operation['operationId']}">${safe(operation['summary'])}</a></li>`)
        .join('')}</ul></li>`,
  );
  const sections = groups.map(
    ({ name, description, operations: some }) =>
      `<section id="tag-${name}"><h2>${name}</h2><p>${inline(description)}</p>${some
        .map(({ path, verb, operation }) => operationSection(document, path, verb, operation))
        .join('')}</section>`,
  );
  const schemas = Object.entries(components.schemas).map(([name, schema]) => schemaSection(name, schema));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${safe(info.title)} API</title>
<link rel="icon" href="/portal/icon.svg">
<link rel="stylesheet" href="/api/docs/style.css">
</head>
<body>
<a class="skip" href="#main">To the operations</a>
<header>
<h1>${safe(info.title)} API <small>${safe(info.version)}</small></h1>
${paragraphs(info.description)}
<p>For programs: <a href="/api/openapi.json">openapi.json</a>, OpenAPI ${safe(document.openapi)}.</p>
</header>
<div class="columns">
<nav aria-label="Operations"><ul>${links.join('')}<li><a href="#schemas">Schemas</a></li></ul></nav>
<main id="main" tabindex="-1">
${sections.join('\n')}
<section id="schemas"><h2>Schemas</h2>
${schemas.join('\n')}
</section>
</main>
</div>
</body>
</html>
`;
}

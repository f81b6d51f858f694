/** Starts Swagger UI over our document; calls that are tried out go with the browser's log-in and its CSRF token. */
'use strict';

const csrfToken = () => /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? '';

SwaggerUIBundle({
  url: '/api/schema',
  dom_id: '#swagger-ui',
  presets: [SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
  deepLinking: true,
  docExpansion: 'none',
  displayOperationId: true,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null, // the document goes to nobody
  requestInterceptor: (request) => {
    if (!['GET', 'HEAD'].includes(request.method ?? 'GET')) request.headers['X-CSRFToken'] = decodeURIComponent(csrfToken());
    return request;
  },
});

'use strict';

// Swagger UI as this server wants it. What differs from server to server stands in the page's <meta name="settings">.
(() => {
  const settings = JSON.parse(document.querySelector('meta[name=settings]').content);
  const scheme = 'accountSid_authToken';
  const form = 'application/x-www-form-urlencoded';

  // What a form starts with: the values of its first example, else those of the parameters that must be given. All
  // others are empty: Swagger UI by itself makes values up ("string", true, 0, now) and sends them.
  function startOf(media, key = media.get('examples')?.keySeq().first()) {
    const example = media.getIn(['examples', key, 'value']);
    return media.getIn(['schema', 'properties']).map((schema, name) => {
      const empty = schema.get('type') === 'array' ? schema.clear().toList() : '';
      const isRequired = media.getIn(['schema', 'required'])?.includes(name);
      return example?.get(name) ?? (isRequired && !example ? schema.get('example') : null) ?? empty;
    });
  }

  const startingValues = (Original, { React, oas3Actions }) => function RequestBody(props) {
    const media = props.requestBody?.getIn(['content', form]);
    if (!media) {
      return React.createElement(Original, props);
    }

    const start = startOf(media);
    const requestBody = props.requestBody.updateIn(
      ['content', form, 'schema', 'properties'],
      properties => properties.map((schema, name) => schema.set('example', start.get(name))));
    const pathMethod = props.specPath.slice(1, 3).toArray();
    const fill = key => oas3Actions.setRequestBodyValue({ value: startOf(media, key), pathMethod });
    const examples = media.get('examples');
    const choice = props.isExecute && examples?.size > 1 && React.createElement(
      'div', { className: 'form-examples' }, 'Fill in:',
      ...examples.entrySeq().map(([key, example]) => React.createElement(
        'button', { key, type: 'button', className: 'btn', onClick: () => fill(key) }, example.get('summary'))));
    return React.createElement(React.Fragment, null, choice, React.createElement(Original, { ...props, requestBody }));
  };

  // "Send empty value" is not ticked at first: a request full of empty parameters fails.
  const nothingEmpty = (Original, { React }) => props => React.createElement(
    Original, { ...props, isIncludedOptions: { ...props.isIncludedOptions, defaultValue: false } });

  // Swagger UI keeps only the last one of several values that are set at once.
  const setAll = (original, { Im }) => ({ value, pathMethod }) => {
    const plain = Im.Map.isMap(value) ? value.filterNot(Im.Map.isMap) : Im.Map();
    return plain.size > 1
      ? plain.forEach((field, name) => { original({ value: Im.Map([[name, field]]), pathMethod }); })
      : original({ value, pathMethod });
  };

  // "Reset" brings back what the form started with.
  const defaultValues = (original, { specSelectors }) => (state, path, method) => {
    const media = specSelectors.specResolvedSubtree(['paths', path, method, 'requestBody'])?.getIn(['content', form]);
    return media ? JSON.stringify(startOf(media)) : original(state, path, method);
  };

  // What was created is what the operations below it name next: the conversation of new participants, the role, the
  // checkpoint.
  function nameCreated({ specSelectors, specActions }, path, response) {
    if (response.status !== 201 || !response.obj) {
      return;
    }

    specSelectors.paths().filter((_, other) => other.startsWith(`${path}/{`)).forEach((operations, other) => {
      const name = other.slice(path.length + 2).split('}')[0];
      const value = response.obj[name] ?? response.obj.sid;
      operations.filter(() => value).forEach((operation, method) => {
        const parameter = operation.get('parameters').find(candidate => candidate.get('name') === name);
        specActions.changeParamByIdentity([other, method], parameter, value, false);
      });
    });
  }

  const plugin = {
    wrapComponents: { RequestBody: startingValues, ParameterIncludeEmpty: nothingEmpty },
    statePlugins: {
      oas3: {
        wrapActions: { setRequestBodyValue: setAll },
        wrapSelectors: { selectDefaultRequestBodyValue: defaultValues },
      },
      spec: {
        wrapActions: {
          setResponse: (original, system) => (path, method, response) => {
            nameCreated(system, path, response);
            return original(path, method, response);
          },
        },
      },
    },
  };

  let isFirst = true;
  const ui = window.ui = SwaggerUIBundle({
    dom_id: '#swagger-ui',
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [plugin],
    layout: 'StandaloneLayout',
    urls: settings.definitions.map(({ url, name }) => ({ url: new URL(url, location.href).href, name })),
    validatorUrl: null,
    deepLinking: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    tryItOutEnabled: settings.isDevelopment,
    persistAuthorization: settings.isDevelopment,

    // Without the browser's own credentials: otherwise it asks for some at a 401, and the page waits.
    requestInterceptor: request => Object.assign(request, { credentials: 'omit' }),
    onComplete: () => {
      if (isFirst && settings.account && !ui.authSelectors.authorized()?.get(scheme)) {
        ui.preauthorizeBasic(scheme, settings.account.sid, settings.account.authToken);
      }

      isFirst = false;
    },
  });
})();

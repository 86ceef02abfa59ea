namespace Conversations.Api.OpenApi;

/// <summary>Another document that Swagger UI shows besides those of Twilio's API.</summary>
/// <param name="Document">The document is served at /swagger/{Document}/swagger.json.</param>
public sealed record OpenApiDefinition(string Document, string Name);

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;

namespace Conversations.Api.OpenApi;

/// <summary>
/// The OpenAPI documents at /swagger/…/swagger.json: the whole one, and two views of it for Swagger UI, one for each
/// route shape. Each is made once, because that takes 40 ms.
/// </summary>
public sealed class OpenApiDocuments(IAsyncSwaggerProvider provider)
{
    public const string Whole = "v1";

    public const string DefaultService = "v1-default-service";

    public const string AnyService = "v1-any-service";

    private const string Intro = """
        Twilio's Conversations API, on a server of your own: the same paths, parameters, answers and errors.

        **Authorize** with an Account SID and its auth token, or with an API key's SID and secret; in Development the
        built-in account is authorized from the start. Then open an operation and execute it. The SID of what you create
        is filled in where it is asked for.
        """;

    private const string AboutDefaultService =
        "These paths mean the account's default chat service. Another definition, above, has them for any service.";

    private const string AboutAnyService =
        "These paths name their chat service. Another definition, above, has shorter ones for the default service.";

    // Stands for the prefix in the stored document.
    private const string PrefixMark = "/PREFIX-OF-THIS-SERVER";

    private readonly ConcurrentDictionary<(string Name, bool HasPrefix), Lazy<Task<Document>>> made = new();

    /// <summary>The name and the general information of each document.</summary>
    public static IEnumerable<(string Name, OpenApiInfo Info)> All =>
        [
            (Whole, InfoOf(Intro)),
            (DefaultService, InfoOf($"{Intro}\n\n{AboutDefaultService}")),
            (AnyService, InfoOf($"{Intro}\n\n{AboutAnyService}")),
        ];

    /// <summary>Whether the operation's path names its chat service.</summary>
    public static bool NamesService(ApiDescription description) => NamesService(description.RelativePath!);

    private static bool NamesService(string path) => path.Contains("{ChatServiceSid}", StringComparison.Ordinal);

    /// <summary>
    /// Whether the document of that name has the operation. The operations of Twilio's API have controllers.
    /// </summary>
    public static bool Has(string name, ApiDescription description) =>
        description.ActionDescriptor is ControllerActionDescriptor
        && (name == Whole || NamesService(description) == (name == AnyService));

    /// <summary>Official ids: the verb, Service in the longer route shape, the resource.</summary>
    /// <param name="path">The template of the route.</param>
    public static string OperationId(ActionDescriptor action, string path)
    {
        var resource = action.EndpointMetadata.OfType<ResourceAttribute>().Single();
        var isLong = resource is ServiceScopedAttribute && NamesService(path);
        return $"{action.RouteValues["action"]}{(isLong ? "Service" : "")}{resource.Resource}";
    }

    /// <param name="pathBase">
    /// The prefix of this server's paths, before /v1; null without one. A proxy's client may choose it, so the document
    /// is not made again for each prefix: only its text is replaced.
    /// </param>
    public async Task<Document> GetAsync(string name, string? pathBase)
    {
        var mark = pathBase is null ? null : PrefixMark;
        var document = await made.GetOrAdd((name, mark is not null), _ => new(() => MakeAsync(name, mark))).Value;
        return pathBase is null
            ? document
            : Document.Of(
                Encoding.UTF8.GetBytes(
                    Encoding
                        .UTF8.GetString(document.Json)
                        .Replace(PrefixMark, JsonEncodedText.Encode(pathBase).Value, StringComparison.Ordinal)
                )
            );
    }

    private static OpenApiInfo InfoOf(string description) =>
        new()
        {
            Title = "Conversations",
            Version = "v1",
            Description = description,
        };

    private async Task<Document> MakeAsync(string name, string? pathBase)
    {
        var document = await provider.GetSwaggerAsync(name, host: null, pathBase);
        MemoryStream json = new();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_0);
        return Document.Of(json.ToArray());
    }

    public sealed record Document(byte[] Json, EntityTagHeaderValue ETag)
    {
        public static Document Of(byte[] json) =>
            new(json, new($"\"{Convert.ToHexStringLower(SHA256.HashData(json))[..32]}\""));
    }
}

using System.Text.Json;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.Primitives;

namespace Conversations.Api.Control;

/// <summary>What a request names, for the rules of faults.</summary>
/// <param name="OperationId">Null for a path or method without an operation.</param>
internal sealed record RequestNames(
    string Method,
    string Path,
    string? OperationId,
    IReadOnlyCollection<string> Identities,
    IReadOnlyCollection<string> Addresses
)
{
    // A JSON object with the members of a participant.
    private const string Participant = "Participant";

    /// <param name="readsForm">Whether a rule needs the identities or addresses.</param>
    public static async Task<RequestNames> OfAsync(HttpContext context, bool readsForm)
    {
        var request = context.Request;
        List<KeyValuePair<string, string>> parameters = [.. Texts(request.Query)];
        if (readsForm && request.HasFormContentType && !HttpMethods.IsGet(request.Method))
        {
            parameters.AddRange(Texts(await ParametersFactory.ReadFormAsync(request)));
        }

        return new(
            request.Method,
            request.Path.Value ?? "",
            context.GetEndpoint()?.Metadata.GetMetadata<ControllerActionDescriptor>() is { } action
                ? Operations.IdOf(action)
                : null,
            [.. IdentitiesOf(parameters), .. IdentityInPath(context)],
            [.. AddressesOf(parameters)]
        );
    }

    /// <summary>The identities among the parameters of a request or an event.</summary>
    public static IEnumerable<string> IdentitiesOf(IEnumerable<KeyValuePair<string, string>> parameters) =>
        parameters.SelectMany(pair =>
            pair.Key switch
            {
                "Identity" or "Author" or "ClientIdentity" => [pair.Value],
                Participant => InParticipant(pair.Value, "identity"),
                _ => Array.Empty<string>(),
            }
        );

    /// <summary>The same for addresses.</summary>
    public static IEnumerable<string> AddressesOf(IEnumerable<KeyValuePair<string, string>> parameters) =>
        parameters.SelectMany(pair =>
            pair.Key switch
            {
                "MessagingBinding.Address" or "Address" or "Author" => [pair.Value],
                Participant => InParticipant(pair.Value, "messaging_binding", "address"),
                _ => Array.Empty<string>(),
            }
        );

    private static IEnumerable<KeyValuePair<string, string>> Texts(
        IEnumerable<KeyValuePair<string, StringValues>> parameters
    ) => parameters.SelectMany(pair => pair.Value.OfType<string>().Select(text => KeyValuePair.Create(pair.Key, text)));

    // Users and participants may be named by their identity.
    private static IEnumerable<string> IdentityInPath(HttpContext context)
    {
        var resource = context.GetEndpoint()?.Metadata.GetMetadata<ResourceAttribute>()?.Resource;
        var name = resource is "User" or "ConversationParticipant" ? "Sid" : "UserSid";
        return context.Request.RouteValues.TryGetValue(name, out var value) && value is string text ? [text] : [];
    }

    private static string[] InParticipant(string json, params string[] path)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var found = document.RootElement;
            foreach (var member in path)
            {
                if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(member, out found))
                {
                    return [];
                }
            }

            return found.ValueKind == JsonValueKind.String ? [found.GetString()!] : [];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return []; // Not JSON, or half of a surrogate pair.
        }
    }
}

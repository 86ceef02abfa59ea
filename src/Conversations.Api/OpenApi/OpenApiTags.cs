using Conversations.Api.Accounts;
using Conversations.Api.Wire;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Conversations.Api.OpenApi;

/// <summary>The document's tags, in the order in which Swagger UI shows them: what is used most comes first.</summary>
internal sealed class OpenApiTags : IDocumentFilter
{
    private static readonly Uri Pages = new("https://www.twilio.com/docs/conversations/api/");

    private static readonly Entry[] All =
    [
        new(
            "ConversationParticipant",
            "Participants",
            "MB",
            "conversation-participant-resource",
            "Who takes part in a conversation: by identity (chat), or by address and proxy address (SMS, WhatsApp, …)"
        ),
        new(
            "Conversation",
            "Conversations",
            "CH",
            "conversation-resource",
            "A name, attributes, a state and timers; participants and webhooks belong to one"
        ),
        new("User", "Users", "US", "user-resource", "The identities of chat participants, once in each chat service"),
        new("Role", "Roles", "RL", "role-resource", "Permissions of participants and users, under a name"),
        new(
            "ConversationScopedWebhook",
            "Conversation webhooks",
            "WH",
            "conversation-scoped-webhook-resource",
            "Where the events of one conversation go"
        ),
        new("ConfigurationWebhook", "Webhooks", null, "webhook-resource", "Where the events of the account go"),
        new(
            "ServiceWebhookConfiguration",
            "Service webhooks",
            null,
            "service-webhook-configuration-resource",
            "Where the events of a chat service go"
        ),
        new(
            "Service",
            "Services",
            "IS",
            "service-resource",
            "Chat services: each has conversations, users and roles of its own"
        ),
        new("Configuration", "Configuration", null, "configuration-resource", "The account's defaults"),
        new(
            "ServiceConfiguration",
            "Service configuration",
            null,
            "service-configuration-resource",
            "A chat service's defaults"
        ),
    ];

    public static string Of(string resource) => Find(resource).Tag;

    /// <summary>The SID of the resource's first example.</summary>
    public static string ExampleSid(string resource) =>
        Find(resource).SidPrefix! is var prefix && prefix == "IS"
            ? AccountOptions.BuiltIn.DefaultChatServiceSid
            : ExampleRows.Sid(prefix);

    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        var served = context
            .ApiDescriptions.Select(action => OpenApiRegistration.ResourceOf(action).Resource)
            .ToHashSet();
        swaggerDoc.Tags = All.Where(entry => served.Contains(entry.Resource))
            .Select(entry => new OpenApiTag
            {
                Name = entry.Tag,
                Description = entry.Description,
                ExternalDocs = new() { Description = "Twilio's page", Url = new(Pages, entry.Page) },
            })
            .ToHashSet();
    }

    private static Entry Find(string resource) =>
        All.SingleOrDefault(entry => entry.Resource == resource)
        ?? throw new InvalidOperationException($"{resource} needs a tag.");

    /// <param name="Resource">As <see cref="ResourceAttribute.Resource"/>.</param>
    /// <param name="SidPrefix">Null for a resource without a SID of its own.</param>
    /// <param name="Page">The end of its page's address in Twilio's documentation.</param>
    private sealed record Entry(string Resource, string Tag, string? SidPrefix, string Page, string Description);
}

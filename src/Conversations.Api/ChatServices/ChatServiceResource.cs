using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;

namespace Conversations.Api.ChatServices;

/// <summary>A chat service.</summary>
public sealed record ChatServiceResource : IHasExamples<ChatServiceResource>
{
    public required string AccountSid { get; init; }

    public required string Sid { get; init; }

    public required string FriendlyName { get; init; }

    public required DateTime DateCreated { get; init; }

    public required DateTime DateUpdated { get; init; }

    public required string Url { get; init; }

    public required ChatServiceLinks Links { get; init; }

    public static IReadOnlyList<ChatServiceResource> Examples(RequestScope scope) => [Of(ExampleRow(scope), scope)];

    /// <summary>The default service of the account, for the examples.</summary>
    internal static ChatService ExampleRow(RequestScope scope) =>
        new()
        {
            Sid = scope.Account.DefaultChatServiceSid,
            AccountSid = scope.AccountSid,
            FriendlyName = "Default Conversations Service",
            DefaultConversationCreatorRoleSid = ExampleRows.Sid("RL", 4),
            DefaultConversationRoleSid = ExampleRows.Sid("RL"),
            DefaultChatServiceRoleSid = ExampleRows.Sid("RL", 2),
            DateCreated = ExampleRows.Date,
            DateUpdated = ExampleRows.Date,
        };

    public static ChatServiceResource Of(ChatService service, RequestScope scope)
    {
        var url = scope.AccountUrl($"Services/{service.Sid}");
        return new()
        {
            AccountSid = service.AccountSid,
            Sid = service.Sid,
            FriendlyName = service.FriendlyName,
            DateCreated = service.DateCreated,
            DateUpdated = service.DateUpdated,
            Url = url,
            Links = new(
                $"{url}/Conversations",
                $"{url}/Users",
                $"{url}/Roles",
                $"{url}/Bindings",
                $"{url}/Configuration",
                $"{url}/ParticipantConversations",
                $"{url}/ConversationWithParticipants"
            ),
        };
    }
}

/// <summary>
/// The URLs of the service's resources. This server has no bindings and no conversations of participants.
/// </summary>
public sealed record ChatServiceLinks(
    string Conversations,
    string Users,
    string Roles,
    string Bindings,
    string Configuration,
    string ParticipantConversations,
    string ConversationWithParticipants
);

/// <summary>One page of services.</summary>
public sealed record ChatServiceList(PageMeta Meta, IReadOnlyList<ChatServiceResource> Services) : IPage;

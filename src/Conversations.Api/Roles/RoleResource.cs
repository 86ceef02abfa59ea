using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;

namespace Conversations.Api.Roles;

/// <summary>A role.</summary>
public sealed record RoleResource : IHasExamples<RoleResource>
{
    public required string Sid { get; init; }

    public required string AccountSid { get; init; }

    public required string ChatServiceSid { get; init; }

    public required string FriendlyName { get; init; }

    [Documented(Values = [RoleType.Conversation, RoleType.Service])]
    public required string Type { get; init; }

    public required IReadOnlyList<string> Permissions { get; init; }

    public required DateTime DateCreated { get; init; }

    public required DateTime DateUpdated { get; init; }

    public required string Url { get; init; }

    public static IReadOnlyList<RoleResource> Examples(RequestScope scope)
    {
        var role = new Role
        {
            Sid = ExampleRows.Sid("RL", 3),
            AccountSid = scope.AccountSid,
            ChatServiceSid = scope.Account.DefaultChatServiceSid,
            FriendlyName = "Support",
            Type = RoleType.Conversation,
            Permissions = ["addParticipant"],
            DateCreated = ExampleRows.Date,
            DateUpdated = ExampleRows.Date,
        };
        return [Of(role, scope)];
    }

    public static RoleResource Of(Role role, RequestScope scope) =>
        new()
        {
            Sid = role.Sid,
            AccountSid = role.AccountSid,
            ChatServiceSid = role.ChatServiceSid,
            FriendlyName = role.FriendlyName,
            Type = role.Type,
            Permissions = role.Permissions,
            DateCreated = role.DateCreated,
            DateUpdated = role.DateUpdated,
            Url = scope.Url($"Roles/{role.Sid}"),
        };
}

/// <summary>One page of roles.</summary>
public sealed record RoleList(PageMeta Meta, IReadOnlyList<RoleResource> Roles) : IPage;

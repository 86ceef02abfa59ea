using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;

namespace Conversations.Api.Users;

/// <summary>A user: the identity of chat participants.</summary>
public sealed record UserResource : IHasExamples<UserResource>
{
    public required string Sid { get; init; }

    public required string AccountSid { get; init; }

    public required string ChatServiceSid { get; init; }

    public required string RoleSid { get; init; }

    public required string Identity { get; init; }

    public required string? FriendlyName { get; init; }

    /// <summary>JSON as text, exactly as it was sent.</summary>
    public required string Attributes { get; init; }

    /// <summary>Always null: no SDK connects to this server.</summary>
    public bool? IsOnline { get; init; }

    /// <summary>Always null: no device is registered with this server.</summary>
    public bool? IsNotifiable { get; init; }

    public required DateTime DateCreated { get; init; }

    public required DateTime DateUpdated { get; init; }

    public required string Url { get; init; }

    public required UserLinks Links { get; init; }

    public static IReadOnlyList<UserResource> Examples(RequestScope scope)
    {
        var user = new User
        {
            Sid = ExampleRows.Sid("US"),
            AccountSid = scope.AccountSid,
            ChatServiceSid = scope.Account.DefaultChatServiceSid,
            Identity = "alice",
            RoleSid = ExampleRows.Sid("RL", 2),
            DateCreated = ExampleRows.Date,
            DateUpdated = ExampleRows.Date,
        };
        return [Of(user, scope)];
    }

    public static UserResource Of(User user, RequestScope scope)
    {
        var url = scope.Url($"Users/{user.Sid}");
        return new()
        {
            Sid = user.Sid,
            AccountSid = user.AccountSid,
            ChatServiceSid = user.ChatServiceSid,
            RoleSid = user.RoleSid,
            Identity = user.Identity,
            FriendlyName = user.FriendlyName,
            Attributes = user.Attributes,
            DateCreated = user.DateCreated,
            DateUpdated = user.DateUpdated,
            Url = url,
            Links = new($"{url}/Conversations"),
        };
    }
}

/// <summary>The URL of the user's conversations.</summary>
public sealed record UserLinks(string UserConversations);

/// <summary>One page of users.</summary>
public sealed record UserList(PageMeta Meta, IReadOnlyList<UserResource> Users) : IPage;

using Conversations.Api.Http;

namespace Conversations.Api.Users;

/// <summary>A user on the wire.</summary>
public sealed record UserResource
{
    public required string Sid { get; init; }

    public required string AccountSid { get; init; }

    public required string ChatServiceSid { get; init; }

    public required string RoleSid { get; init; }

    public required string Identity { get; init; }

    public required string? FriendlyName { get; init; }

    /// <summary>JSON as text, byte for byte as it was given.</summary>
    public required string Attributes { get; init; }

    /// <summary>Null: no SDK connects here, so nobody is seen online.</summary>
    public bool? IsOnline { get; init; }

    /// <summary>Null: no device is registered here.</summary>
    public bool? IsNotifiable { get; init; }

    public required DateTime DateCreated { get; init; }

    public required DateTime DateUpdated { get; init; }

    public required string Url { get; init; }

    public required UserLinks Links { get; init; }

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

/// <summary>The official link of a user, to a resource not served here.</summary>
public sealed record UserLinks(string UserConversations);

/// <summary>One page of users.</summary>
public sealed record UserList(PageMeta Meta, IReadOnlyList<UserResource> Users);

using Conversations.Api.Accounts;

namespace Conversations.Api.Participants;

/// <summary>The URLs of a participant and its conversation, in the shape of the request.</summary>
public sealed record MembershipLinks(string Participant, string Conversation)
{
    public static MembershipLinks Of(Participant participant, RequestScope scope)
    {
        var conversation = scope.Url($"Conversations/{participant.ConversationSid}");
        return new($"{conversation}/Participants/{participant.Sid}", conversation);
    }
}

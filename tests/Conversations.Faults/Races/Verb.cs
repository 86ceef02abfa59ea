namespace Conversations.Faults.Races;

/// <summary>The operations that a client can request.</summary>
public enum Verb
{
    AddParticipant,
    UpdateParticipant,
    RemoveParticipant,
    FetchParticipant,
    ListParticipants,
    SendMessage,
    UpdateMessage,
    DeleteMessage,
    ListMessages,
    CreateConversation,
    UpdateConversation,
    DeleteConversation,
    FetchConversation,
    ListConversations,
}

using System.Text.Json;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Api.Messages;

/// <summary>The parameters of a new and of a changed message. What an update does not name keeps its value.</summary>
public abstract record MessageForm
{
    /// <summary>The channel specific identifier of the message's author. A new message has the author system.</summary>
    public string? Author { get; init; }

    /// <summary>The content of the message, up to 32 KiB.</summary>
    public string? Body { get; init; }

    /// <summary>The date that this resource was created. It has no influence on the order of the messages.</summary>
    [Documented(Type = "date-time")]
    public string? DateCreated { get; init; }

    /// <summary>The date that this resource was last updated.</summary>
    [Documented(Type = "date-time")]
    public string? DateUpdated { get; init; }

    /// <summary>
    /// A string metadata field that must contain structurally valid JSON; "{}" is returned when it is not set.
    /// </summary>
    public string? Attributes { get; init; }

    /// <summary>The subject of the message, limited to 256 characters. It is not returned.</summary>
    public string? Subject { get; init; }
}

/// <summary>The form that creates a message.</summary>
[FormExample("Text", "Author", "alice", "Body", "Ahoy there!")]
[FormExample(
    "Content template",
    "ContentSid",
    "HX00000000000000000000000000000001",
    "ContentVariables",
    "{\"1\":\"Alice\"}"
)]
public sealed record CreateMessageForm : MessageForm
{
    /// <summary>
    /// The Media SID to be attached to the new message, which then has no body. Each media object belongs to one
    /// message.
    /// </summary>
    public string? MediaSid { get; init; }

    /// <summary>
    /// The SID of a content template, required for template-generated content. Body and MediaSid are then ignored.
    /// </summary>
    public string? ContentSid { get; init; }

    /// <summary>
    /// A structurally valid JSON string that contains values to resolve rich content template variables.
    /// </summary>
    public string? ContentVariables { get; init; }

    /// <summary>Null for a message of the API.</summary>
    internal InboundMessage? Inbound { get; init; }
}

/// <summary>The form that changes a message.</summary>
public sealed record UpdateMessageForm : MessageForm
{
    internal bool IsEmpty =>
        Body is null
        && Attributes is null
        && Subject is null
        && (Author.NullIfEmpty() ?? DateCreated.NullIfEmpty() ?? DateUpdated.NullIfEmpty()) is null;
}

/// <summary>The query of the list of messages.</summary>
public sealed record MessageQuery : PageRequest
{
    public const string Ascending = "asc";

    public const string Descending = "desc";

    /// <summary>The sort order of the returned messages, by their index. Can be asc (the default) or desc.</summary>
    [Documented(Values = [Ascending, Descending])]
    public string? Order { get; init; }

    /// <summary>
    /// How many resources to return in each list page. The default is 50. A value above 100 is reduced to 100.
    /// </summary>
    [Documented(Type = "integer")]
    public override string? PageSize { get; init; }

    internal bool IsDescending => Descending.Equals(Order, StringComparison.OrdinalIgnoreCase);

    // The official document is the only source of this maximum.
    protected override int MaxSize => 100;

    // Twilio's page URLs have it in lower case.
    protected internal override IEnumerable<(string Name, string? Value)> Filters =>
        [(nameof(Order), Order?.ToLowerInvariant())];
}

/// <summary>The format of what both forms have, in Twilio's order.</summary>
public abstract class MessageRules<T> : AbstractValidator<T>
    where T : MessageForm
{
    private const int AuthorLength = 256; // A guess, by analogy with identities and addresses.

    private const int SubjectLength = 256;

    private readonly int bodyBytes;

    protected MessageRules(LimitOptions limits)
    {
        ClassLevelCascadeMode = RuleLevelCascadeMode = CascadeMode.Stop;
        RuleFor(f => f.Author).AtMost(AuthorLength, TwilioErrors.AuthorTooLong);
        bodyBytes = limits.MessageBodyBytes;
        RuleFor(f => f.Attributes).Attributes(limits.MessageAttributesBytes);
        RuleFor(f => f.DateCreated).Date(TwilioErrors.InvalidDateCreated);
        RuleFor(f => f.DateUpdated).Date(TwilioErrors.InvalidDateUpdated);
    }

    /// <summary>The rules that follow those of the form's own parameters.</summary>
    protected void CheckBodyAndSubject()
    {
        RuleFor(f => f.Body).AtMostBytes(bodyBytes, TwilioErrors.BodyTooLong);
        RuleFor(f => f.Subject).AtMost(SubjectLength, TwilioErrors.SubjectTooLong);
    }
}

public sealed class CreateMessageRules : MessageRules<CreateMessageForm>
{
    private const int KeyLength = 16;

    private const int ValueLength = 256;

    // The JSON of 100 variables with the longest keys and values.
    private const int VariablesLength = 27_801;

    public CreateMessageRules(LimitOptions limits)
        : base(limits)
    {
        RuleFor(f => f.MediaSid).Sid("ME", TwilioErrors.InvalidMediaSid);
        RuleFor(f => f.ContentSid).Sid("HX", TwilioErrors.InvalidContentSid);
        RuleFor(f => f)
            .Must(f => f.ContentVariables.NullIfEmpty() is null || f.ContentSid.NullIfEmpty() is not null)
            .WithError(TwilioErrors.ContentSidMissing);
        RuleFor(f => f.ContentVariables)
            .Must(text => text.NullIfEmpty() is null || VariablesOf(text!) is not null)
            .WithError(TwilioErrors.InvalidContentVariables)
            .Must(text => Variables(text).All(variable => variable.Name.Length <= KeyLength))
            .WithError(TwilioErrors.ContentVariableKeyTooLong)
            .Must(text => Variables(text).All(variable => variable.Value.Length <= ValueLength))
            .WithError(TwilioErrors.ContentVariableValueTooLong)
            .AtMost(VariablesLength, TwilioErrors.ContentVariablesTooLong);
        CheckBodyAndSubject();
    }

    private static IReadOnlyList<(string Name, string Value)> Variables(string? text) =>
        text.NullIfEmpty() is null ? [] : VariablesOf(text!) ?? [];

    // Null when the text is not a JSON object.
    private static IReadOnlyList<(string Name, string Value)>? VariablesOf(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind != JsonValueKind.Object
                ? null
                : [.. document.RootElement.EnumerateObject().Select(member => (member.Name, $"{member.Value}"))];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // Not JSON, or half of a surrogate pair.
        }
    }
}

public sealed class UpdateMessageRules : MessageRules<UpdateMessageForm>
{
    public UpdateMessageRules(LimitOptions limits)
        : base(limits) => CheckBodyAndSubject();
}

public sealed class MessageQueryRules : PageRules<MessageQuery>
{
    public MessageQueryRules() =>
        RuleFor(q => q.Order)
            .Must(order =>
                order.NullIfEmpty()?.ToLowerInvariant() is null or MessageQuery.Ascending or MessageQuery.Descending
            )
            .WithError(TwilioErrors.InvalidOrder);
}

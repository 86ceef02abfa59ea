using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Api.Conversations;

/// <summary>The parameters Timers.….</summary>
public sealed class TimersForm
{
    /// <summary>
    /// ISO8601 duration when conversation will be switched to inactive state. Minimum value for this timer is 1 minute.
    /// </summary>
    public string? Inactive { get; init; }

    /// <summary>
    /// ISO8601 duration when conversation will be switched to closed state. Minimum value for this timer is 10 minutes.
    /// </summary>
    public string? Closed { get; init; }
}

/// <summary>The parameters Bindings.….</summary>
public sealed class ConversationBindingsForm
{
    public EmailBindingForm Email { get; init; } = new();
}

/// <summary>The parameters Bindings.Email.….</summary>
public sealed class EmailBindingForm
{
    /// <summary>
    /// The default email address that will be used when sending outbound emails in this conversation, limited to 256
    /// characters.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>
    /// The default name that will be used when sending outbound emails in this conversation, limited to 256 characters.
    /// </summary>
    public string? Name { get; init; }
}

/// <summary>The form that creates or changes a conversation: both take the same parameters.</summary>
public record ConversationForm
{
    /// <summary>The human-readable name of this conversation, limited to 256 characters. Optional.</summary>
    public string? FriendlyName { get; init; }

    /// <summary>
    /// An application-defined string that uniquely identifies the resource. It can be used to address the resource in
    /// place of the resource's sid in the URL. Limited to 256 characters.
    /// </summary>
    public string? UniqueName { get; init; }

    /// <summary>The date that this resource was created.</summary>
    [Documented(Type = "date-time")]
    public string? DateCreated { get; init; }

    /// <summary>The date that this resource was last updated.</summary>
    [Documented(Type = "date-time")]
    public string? DateUpdated { get; init; }

    /// <summary>The unique ID of the Messaging Service this conversation belongs to.</summary>
    public string? MessagingServiceSid { get; init; }

    /// <summary>
    /// An optional string metadata field that must contain structurally valid JSON, limited to 16,384 bytes of UTF-8;
    /// "{}" is returned when it is not set.
    /// </summary>
    public string? Attributes { get; init; }

    /// <summary>Current state of this conversation: active, inactive or closed. Closed is final.</summary>
    [Documented(Values = [ConversationState.Active, ConversationState.Inactive, ConversationState.Closed])]
    public virtual string? State { get; init; }

    public TimersForm Timers { get; init; } = new();

    public ConversationBindingsForm Bindings { get; init; } = new();
}

/// <summary>The query of the list of conversations.</summary>
public sealed record ConversationQuery : PageRequest
{
    /// <summary>
    /// Only conversations created on or after this date, newest first: YYYY-MM-DD (from its beginning) or ISO8601 date
    /// and time.
    /// </summary>
    public string? StartDate { get; init; }

    /// <summary>
    /// Only conversations created on or before this date, newest first: YYYY-MM-DD (to its end) or ISO8601 date
    /// and time.
    /// </summary>
    public string? EndDate { get; init; }

    /// <summary>State for sorting and filtering list of Conversations. Can be active, inactive or closed.</summary>
    [Documented(Values = [ConversationState.Active, ConversationState.Inactive, ConversationState.Closed])]
    public string? State { get; init; }

    protected internal override IEnumerable<(string Name, string? Value)> Filters =>
        [(nameof(StartDate), StartDate), (nameof(EndDate), EndDate), (nameof(State), State)];

    /// <summary>Whether the list is sorted by date. A filter by date sorts it, too.</summary>
    internal bool IsByDate => (StartDate.NullIfEmpty() ?? EndDate.NullIfEmpty()) is not null;

    /// <summary>The first date of the list; null without StartDate.</summary>
    internal DateTime? From => Forms.Date(StartDate);

    /// <summary>The first date after EndDate; null without EndDate, and when no date follows it.</summary>
    internal DateTime? Until
    {
        get
        {
            // A date means the whole day. A time means the whole second, because answers show no fractions of a second.
            var isTime = EndDate?.Contains('T', StringComparison.OrdinalIgnoreCase) == true;
            var whole = isTime ? TimeSpan.FromSeconds(1) : TimeSpan.FromDays(1);
            return Forms.Date(EndDate) is { } end && end <= DateTime.MaxValue - whole ? end + whole : null;
        }
    }

    /// <summary>The rows that match the filters.</summary>
    internal IQueryable<Conversation> Matching(IQueryable<Conversation> rows)
    {
        if (From is { } from)
        {
            rows = rows.Where(c => c.DateCreated >= from);
        }

        if (Until is { } until)
        {
            rows = rows.Where(c => c.DateCreated < until);
        }

        return State.NullIfEmpty() is { } state ? rows.Where(c => c.State == state) : rows;
    }
}

public sealed class ConversationRules : ConversationRules<ConversationForm>;

/// <summary>The format of a create or update, in Twilio's order.</summary>
public abstract class ConversationRules<T> : AbstractValidator<T>
    where T : ConversationForm
{
    public const int AttributesBytes = 16_384;

    private const int NameLength = 256;

    protected ConversationRules()
    {
        ClassLevelCascadeMode = RuleLevelCascadeMode = CascadeMode.Stop;
        RuleFor(f => f.Attributes).Attributes(AttributesBytes);
        RuleFor(f => f.DateCreated).Date(TwilioErrors.InvalidDateCreated);
        RuleFor(f => f.DateUpdated).Date(TwilioErrors.InvalidDateUpdated);
        RuleFor(f => f.FriendlyName).AtMost(NameLength, TwilioErrors.FriendlyNameTooLong);
        // A guess: Twilio documents that there is a limit, not how long a name may be.
        RuleFor(f => f.UniqueName).AtMost(NameLength, TwilioErrors.UniqueNameTooLong);
        RuleFor(f => f.UniqueName)
            .Must(text => text is null || !Sids.Is("CH", text))
            .WithError(TwilioErrors.UniqueNameMatchesSid);
        RuleFor(f => f.MessagingServiceSid).Sid("MG", TwilioErrors.InvalidMessagingServiceSid);
        RuleFor(f => f.State)
            .NotEqual("")
            .WithError(TwilioErrors.StateEmpty)
            .Must(state => state is null || ConversationState.IsKnown(state))
            .WithError(TwilioErrors.InvalidState);
        RuleFor(f => f.Timers.Inactive)
            .Timer(TimerRules.ShortestInactive, TwilioErrors.InvalidInactiveTimer, TwilioErrors.InactiveTimerTooShort);
        RuleFor(f => f.Timers.Closed)
            .Timer(TimerRules.ShortestClosed, TwilioErrors.InvalidClosedTimer, TwilioErrors.ClosedTimerTooShort);
        // A guess: Twilio documents no limit.
        RuleFor(f => f.Bindings.Email.Address).AtMost(NameLength, TwilioErrors.InvalidEmailAddress);
        RuleFor(f => f.Bindings.Email.Name).AtMost(NameLength, TwilioErrors.InvalidEmailName);
    }
}

/// <summary>The query of the list of conversations.</summary>
public sealed class ConversationQueryRules : PageRules<ConversationQuery>
{
    public ConversationQueryRules()
    {
        RuleFor(q => q.StartDate).Date(TwilioErrors.InvalidStartDate);
        RuleFor(q => q.EndDate).Date(TwilioErrors.InvalidEndDate);
        RuleFor(q => q)
            .Must(q => q.Until is null || q.From is null || q.From < q.Until)
            .WithError(TwilioErrors.EndDateBeforeStartDate);
        RuleFor(q => q.State)
            .Must(state => state.NullIfEmpty() is null || ConversationState.IsKnown(state!))
            .WithError(TwilioErrors.InvalidState);
    }
}

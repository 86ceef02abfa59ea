namespace Conversations.Api.Wire;

/// <summary>The highest size of a parameter, as <see cref="RuleLimits"/> reads it from a rule.</summary>
public interface ILimit
{
    LimitKind Kind { get; }

    int Max { get; }
}

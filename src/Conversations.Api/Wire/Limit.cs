using FluentValidation;
using FluentValidation.Validators;

namespace Conversations.Api.Wire;

/// <summary>What a <see cref="Limit{T, TProperty}"/> counts.</summary>
public enum LimitKind
{
    /// <summary>UTF-16 code units of a text, as .NET, Java and JavaScript count.</summary>
    Characters,

    /// <summary>Bytes of a text in UTF-8.</summary>
    Bytes,

    /// <summary>Items of a list. Empty ones do not count.</summary>
    Items,

    /// <summary>UTF-16 code units of the longest item of a list.</summary>
    ItemCharacters,
}

/// <summary>The highest size of a parameter, as <see cref="RuleLimits"/> reads it from a rule.</summary>
public interface ILimit
{
    LimitKind Kind { get; }

    int Max { get; }
}

/// <summary>The rule that a parameter has at most a certain size. A parameter that is not given has none.</summary>
public sealed class Limit<T, TProperty>(LimitKind kind, int max, Func<TProperty, int> sizeOf)
    : PropertyValidator<T, TProperty>,
        ILimit
{
    public LimitKind Kind => kind;

    public int Max => max;

    public override string Name => nameof(Limit<,>);

    public override bool IsValid(ValidationContext<T> context, TProperty value) =>
        value is null || sizeOf(value) <= max;
}

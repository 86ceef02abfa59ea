using FluentValidation;
using FluentValidation.Validators;

namespace Conversations.Api.Wire;

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

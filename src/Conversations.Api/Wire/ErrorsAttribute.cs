using Conversations.Api.Errors;

namespace Conversations.Api.Wire;

/// <summary>
/// The errors of the rules that need the database, for the OpenAPI document. The errors of the form's rules and those
/// that many operations share need no attribute.
/// </summary>
/// <param name="type">Mostly the service.</param>
/// <param name="property">Its static property with the errors.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ErrorsAttribute(Type type, string property) : Attribute
{
    public IReadOnlyList<TwilioError> Errors => (IReadOnlyList<TwilioError>)type.GetProperty(property)!.GetValue(null)!;
}

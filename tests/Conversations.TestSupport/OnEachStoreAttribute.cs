using System.Reflection;
using Xunit.Sdk;

namespace Conversations.TestSupport;

/// <summary>Runs a theory on every available database. Parameters: Store, then the given values.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnEachStoreAttribute(params object?[] values) : DataAttribute
{
    public override IEnumerable<object?[]> GetData(MethodInfo testMethod) =>
        Stores.Available.Select(store => (object?[])[store, .. values]);
}
